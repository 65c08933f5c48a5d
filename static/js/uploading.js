// Files dropped or chosen are sent with a bar that shows how far they are. Without this module the form is sent as it is.
// Its sentences are in the form's data attributes, with {names} for what is filled in.
export function attachUpload(form) {
  const input = form.querySelector("input[type=file]");
  const drop = form.querySelector("[data-drop]");
  const chosen = form.querySelector("[data-chosen]");
  const refusal = form.querySelector("[data-refusal]");
  const sending = form.querySelector("[data-sending]");
  const button = form.querySelector("button.primary");
  const sentence = (name, values = {}) => form.dataset[name].replace(/{(\w+)}/g, (_, key) => values[key]);

  const refuse = (reason) => {
    refusal.hidden = !reason;
    refusal.firstElementChild.textContent = reason;
    if (reason) refusal.focus();
  };
  const size = () => [...input.files].reduce((sum, file) => sum + file.size, 0);
  const describe = () => {
    const count = input.files.length;
    const names = [...input.files].slice(0, 3).map((file) => file.name).join(", ");
    chosen.textContent = count ? `${names}${count > 3 ? ` ${sentence("more", { count: count - 3 })}` : ""} (${megabytes(size())})` : "";
    refuse(tooMuch());
  };
  const tooMuch = () => {
    const most = Number(form.dataset.mostFiles);
    const mostBytes = Number(form.dataset.mostBytes);
    if (input.files.length > most) return sentence("tooMany", { count: input.files.length, most });
    if (size() > mostBytes) return sentence("tooLarge", { size: megabytes(size()), most: megabytes(mostBytes) });
    return "";
  };

  input.addEventListener("change", describe);
  for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.remove("over"); });
  drop.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    describe();
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (tooMuch()) return refuse(tooMuch());
    refuse("");
    const request = new XMLHttpRequest();
    const bar = sending.querySelector("progress");
    const sent = sending.querySelector("[data-sent]");
    const again = (reason) => { sending.hidden = true; button.disabled = false; refuse(reason); };
    request.upload.addEventListener("progress", (step) => {
      if (!step.lengthComputable) return;
      bar.value = step.loaded / step.total;
      sent.textContent = sentence("progress", { sent: megabytes(step.loaded), total: megabytes(step.total) });
    });
    request.addEventListener("load", () => {
      const answer = parsed(request.responseText);
      if (answer?.next) return location.assign(answer.next);
      again(answer?.error ?? sentence("refused"));
    });
    request.addEventListener("error", () => again(sentence("offline")));
    request.open("POST", form.action || location.href);
    request.setRequestHeader("Accept", "application/json");
    sending.hidden = false;
    button.disabled = true;
    request.send(new FormData(form));
  });
}

function parsed(text) {
  try { return JSON.parse(text); } catch { return null; }
}

function megabytes(bytes) {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

document.querySelectorAll("form[data-upload]").forEach(attachUpload);

// Files dropped or chosen are sent with a bar that shows how far they are. Without this module the form is sent as it is.
export function attachUpload(form) {
  const input = form.querySelector("input[type=file]");
  const drop = form.querySelector("[data-drop]");
  const chosen = form.querySelector("[data-chosen]");
  const refusal = form.querySelector("[data-refusal]");
  const sending = form.querySelector("[data-sending]");
  const button = form.querySelector("button.primary");

  const say = (sentence) => {
    refusal.hidden = !sentence;
    refusal.firstElementChild.textContent = sentence;
    if (sentence) refusal.focus();
  };
  const size = () => [...input.files].reduce((sum, file) => sum + file.size, 0);
  const describe = () => {
    const count = input.files.length;
    const names = [...input.files].slice(0, 3).map((file) => file.name).join(", ");
    chosen.textContent = count ? `${names}${count > 3 ? ` and ${count - 3} more` : ""} (${megabytes(size())})` : "";
    say(tooMuch());
  };
  const tooMuch = () => {
    const most = Number(form.dataset.mostFiles);
    const mostBytes = Number(form.dataset.mostBytes);
    if (input.files.length > most) return `These are ${input.files.length} files; up to ${most} can be sent at a time.`;
    if (size() > mostBytes) return `These are ${megabytes(size())}; up to ${megabytes(mostBytes)} can be sent at a time.`;
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
    if (tooMuch()) return say(tooMuch());
    say("");
    const request = new XMLHttpRequest();
    const bar = sending.querySelector("progress");
    const sent = sending.querySelector("[data-sent]");
    const again = (sentence) => { sending.hidden = true; button.disabled = false; say(sentence); };
    request.upload.addEventListener("progress", (step) => {
      if (!step.lengthComputable) return;
      bar.value = step.loaded / step.total;
      sent.textContent = `${megabytes(step.loaded)} of ${megabytes(step.total)} sent`;
    });
    request.addEventListener("load", () => {
      const answer = parsed(request.responseText);
      if (answer?.next) return location.assign(answer.next);
      again(answer?.error ?? "The server could not take them. Reload the page and try again.");
    });
    request.addEventListener("error", () => again("The connection broke off. Try again."));
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

// Pictures of the tables on this page: drawn when they come near, in the colours of day or night.
const CONFIG = {
  responsive: true,
  displaylogo: false,
  showSendToCloud: false, // plotly's "share" button uploads the data
  plotlyServerURL: "",
  modeBarButtonsToRemove: ["sendChartToCloud", "lasso2d", "select2d", "autoScale2d"],
};
const night = matchMedia("(prefers-color-scheme: dark)");
const colours = JSON.parse(document.getElementById("dark-colours")?.textContent ?? "{}");

function figureOf(picture) {
  const text = document.getElementById(picture.dataset.chart).textContent;
  return JSON.parse(night.matches ? text.replace(/#[0-9a-f]{6}/g, (code) => colours[code] ?? code) : text);
}

function draw(picture) {
  const { data, layout } = figureOf(picture);
  return Plotly.react(picture, data, layout, CONFIG).then(() => { picture.dataset.drawn = ""; name(picture); });
}

// One picture with a name for those who do not see it, not a heap of ticks; its buttons stay reachable.
function name(picture) {
  const figure = picture.closest("figure");
  picture.querySelectorAll("svg.main-svg").forEach((svg, layer) => {
    if (layer) return svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-labelledby", figure.getAttribute("aria-labelledby"));
    svg.setAttribute("aria-describedby", `${figure.id}-summary`);
  });
}

// One after the other, with a moment for the browser to show each: the first is there before the last is drawn.
let before = Promise.resolve();

function drawNext(picture) {
  before = before.then(() => draw(picture)).catch(console.error).then(() => new Promise((shown) => setTimeout(shown)));
}

// Of several at once the simplest first: something is to be seen while a hundred small panels are drawn.
const size = ({ target }) => document.getElementById(target.dataset.chart).textContent.length;

const nearby = new IntersectionObserver((entries) => {
  for (const { target } of entries.filter((entry) => entry.isIntersecting).sort((a, b) => size(a) - size(b))) {
    nearby.unobserve(target);
    drawNext(target);
  }
}, { rootMargin: "800px" });

const pictures = () => [...document.querySelectorAll("[data-chart]")];
night.addEventListener("change", () => pictures().filter((picture) => "drawn" in picture.dataset).forEach(draw));
addEventListener("beforeprint", () => pictures().filter((picture) => !("drawn" in picture.dataset)).forEach(draw));

// Where the server cannot draw files, this browser can: the same figure, as it would be printed.
async function drawFile(event) {
  event.preventDefault();
  const link = event.currentTarget;
  const address = new URL(link.href);
  const name = address.pathname.split("/").pop().replace(/\.\w+$/, "");
  address.pathname = address.pathname.replace(/\.\w+$/, ".json");
  const { data, layout } = await (await fetch(address)).json();
  const { width, height } = layout;
  await Plotly.downloadImage({ data, layout }, { format: link.dataset.draw, filename: name, width, height, scale: 2 });
}

function attach() {
  pictures().filter((picture) => !("drawn" in picture.dataset)).forEach((picture) => nearby.observe(picture));
  document.querySelectorAll("a[data-draw]").forEach((link) => link.addEventListener("click", drawFile));
}

attach();
document.addEventListener("polled", attach); // a part of the page was fetched again

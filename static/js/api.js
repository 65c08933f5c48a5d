// Swagger UI, as it comes with django-ninja: reads the API's description, by day and by night.
const night = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", night.matches);

export function describe(element) {
  SwaggerUIBundle({
    url: element.dataset.description,
    domNode: element,
    deepLinking: true,
    defaultModelsExpandDepth: -1, // each operation shows its own
    validatorUrl: null, // it would be sent to another server
  });
}

follow();
night.addEventListener("change", follow);
document.querySelectorAll("[data-description]").forEach(describe);

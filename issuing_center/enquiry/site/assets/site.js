// The page works without this. It says early what is too large, and that the check is under way.
"use strict";
const form = document.getElementById("enquiry");
if (form) {
  const progress = document.getElementById("progress");
  const button = form.querySelector("button");
  form.addEventListener("submit", (event) => {
    const files = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
    if (files.some((file) => file.size > Number(form.dataset.fileBytes))) {
      event.preventDefault();
      progress.textContent = form.dataset.tooLarge;
      return;
    }
    progress.textContent = form.dataset.working;
    button.disabled = true;
  });
  // Coming back to the page from a result.
  window.addEventListener("pageshow", () => {
    button.disabled = false;
    progress.textContent = "";
  });
}

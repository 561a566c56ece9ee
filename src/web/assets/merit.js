// Every page works without this; here is only what HTML cannot do by itself.
"use strict";

// Moments are written in UTC; where the browser knows its own clock, that is shown as well.
for (const time of document.querySelectorAll("time[datetime]")) {
  const at = new Date(time.dateTime);
  if (!Number.isNaN(at.valueOf())) {
    time.title = at.toLocaleString(document.documentElement.lang);
  }
}

// A slider and its field of figures follow each other.
for (const slider of document.querySelectorAll("input[type=range][data-for]")) {
  const field = document.getElementById(slider.dataset.for);
  slider.hidden = false;
  slider.addEventListener("input", () => { field.value = slider.value; });
  field.addEventListener("input", () => { slider.value = field.value; });
}

// A filter that was chosen is asked for at once.
for (const choice of document.querySelectorAll("select[data-submit]")) {
  choice.addEventListener("change", () => choice.form.requestSubmit());
}

// What is under way tells how far it is. Where the stream is lost, the page is as it was.
for (const progress of document.querySelectorAll("[data-events]")) {
  const events = new EventSource(progress.dataset.events);
  const bar = progress.querySelector("progress");
  const words = progress.querySelector("output");
  events.addEventListener("progress", (event) => {
    const told = JSON.parse(event.data);
    if (bar && told.total) { bar.hidden = false; bar.max = told.total; bar.value = told.done; }
    if (words) { words.textContent = told.text; }
  });
  events.addEventListener("end", () => { events.close(); location.reload(); });
}

// A draft is saved while one types. What was saved in another window is not overwritten: then the button that saves shows both.
for (const form of document.querySelectorAll("form[data-autosave]")) {
  const words = form.querySelector("output");
  let timer, busy = false, again = false, changed = false, leaving;
  const save = async () => {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(form.action, { method: "PUT", body: new URLSearchParams(new FormData(form)) });
      if (!answer.ok) { throw new Error(answer.statusText); }
      const told = await answer.json();
      words.textContent = told.text;
      changed = told.changed === true;
      if (told.saved) { form.elements.version.value = told.version; }
    } catch {
      words.textContent = form.dataset.unsaved;
    }
    busy = false;
    if (leaving) { form.requestSubmit(leaving); } else if (again && !changed) { again = false; save(); }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    if (!changed) { timer = setTimeout(save, 1000); }
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    // What is being saved just now has its own version.
    if (busy) { event.preventDefault(); leaving = event.submitter; }
  });
}

// A file that is too large is told of before it is sent.
for (const field of document.querySelectorAll("input[type=file][data-most]")) {
  field.addEventListener("change", () => {
    const large = [...field.files].some((file) => file.size > Number(field.dataset.most));
    field.setCustomValidity(large ? field.dataset.tooLarge : "");
  });
}

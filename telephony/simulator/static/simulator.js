// Spares the reload after each key, reads aloud and listens where the browser can. The page works without it.

const EVERY_MS = 2500;

const speech = "speechSynthesis" in window ? window.speechSynthesis : null;
const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;
const readAloud = document.getElementById("read-aloud");
const parser = new DOMParser();
let isBusy = false;

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.act) return;
  event.preventDefault();
  if (isBusy) return;
  isBusy = true;
  try {
    const body = new FormData(form, event.submitter);
    await show(await fetch(form.action, { method: "POST", body: new URLSearchParams(body) }));
  } catch {
    document.querySelector("[data-region=state]").textContent = "The service does not answer. Try again.";
  } finally {
    isBusy = false;
  }
});

document.addEventListener("click", (event) => {
  if (event.target.id === "speak") listen();
});

// On the keypad the digits of a keyboard press its keys; elsewhere they would get in the way of speech input.
document.addEventListener("keydown", (event) => {
  if (!event.target.closest(".keypad") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!/^[0-9*#]$/.test(event.key)) return;
  document.querySelector(`.keypad__key[value="${event.key}"]`)?.click();
});

readAloud?.addEventListener("change", () => speech.cancel());

setInterval(async () => {
  if (isBusy || document.hidden) return;
  try {
    const page = parse(await (await fetch(location.pathname)).text());
    if (!isBusy) for (const list of page.querySelectorAll("[data-grows]")) grow(list);
  } catch {
    // The next look will do.
  }
}, EVERY_MS);

prepare();

async function show(response) {
  const page = parse(await response.text());
  const focused = document.activeElement?.id;
  for (const region of page.querySelectorAll("[data-region]")) {
    const here = document.querySelector(`[data-region="${region.dataset.region}"]`);
    if (here && here.innerHTML !== region.innerHTML) here.innerHTML = region.innerHTML;
  }
  for (const list of page.querySelectorAll("[data-grows]")) grow(list);
  document.title = page.title;
  prepare();
  refocus(focused);
}

function parse(html) {
  return parser.parseFromString(html, "text/html");
}

/** Adds what is new, so that a screen reader reads only that; another call begins a new list. */
function grow(list) {
  const here = document.querySelector(`[data-grows="${list.dataset.grows}"]`);
  if (!here) return;
  if (here.dataset.of !== list.dataset.of) {
    here.replaceChildren();
    here.dataset.of = list.dataset.of;
  }
  for (const item of list.children) {
    const known = document.getElementById(item.id);
    if (!known) {
      here.append(item.cloneNode(true));
      here.parentElement.scrollTop = here.parentElement.scrollHeight;
      if (item.dataset.speaker === "line") say(item.querySelector(".said__words").textContent);
    } else if (known.innerHTML !== item.innerHTML) {
      known.innerHTML = item.innerHTML;
    }
  }
}

function refocus(id) {
  const problem = document.querySelector(".govuk-error-summary");
  if (problem) {
    problem.setAttribute("tabindex", "-1");
    problem.focus();
  } else if (id && document.activeElement === document.body) {
    (document.getElementById(id) ?? document.querySelector("#key-1, #dial"))?.focus();
  }
}

function prepare() {
  if (speech) document.querySelector("[data-speech]").hidden = false;
  if (!Recognition) return;
  for (const id of ["speak", "speak-hint"]) {
    const part = document.getElementById(id);
    if (part) part.hidden = false;
  }
}

function say(words) {
  if (!speech || !readAloud.checked) return;
  const utterance = new SpeechSynthesisUtterance(words);
  utterance.lang = "en-GB";
  speech.speak(utterance);
}

function listen() {
  const recognition = new Recognition();
  recognition.lang = "en-GB";
  recognition.onresult = (event) => {
    document.getElementById("say").value = event.results[0][0].transcript;
    document.getElementById("say-it").click();
  };
  speech?.cancel();
  recognition.start();
}

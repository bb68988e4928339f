// Spares the reload after each key, reads aloud and listens where the browser can. The page works without it.

const EVERY_MS = 2500;

const speech = "speechSynthesis" in window ? window.speechSynthesis : null;
const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;
const readAloud = document.getElementById("read-aloud");
const parser = new DOMParser();
let underway = Promise.resolve();
let acts = 0;

// One act after the other: quick fingers on the keypad must not overtake themselves.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.act) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  acts += 1;
  underway = underway.then(() => send(form, body)).finally(() => (acts -= 1));
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
  if (acts || document.hidden) return;
  try {
    const page = parse(await (await fetch(location.pathname)).text());
    if (!acts) refresh(page, ["state", "no-texts", ...(isInUse("controls") ? [] : ["controls"])]);
  } catch {
    // The next look will do.
  }
}, EVERY_MS);

prepare();

async function send(form, body) {
  try {
    const page = parse(await (await fetch(form.action, { method: "POST", body })).text());
    const focused = document.activeElement?.id;
    const unsent = [...document.querySelectorAll("#say, #text")]
      .filter((box) => box.form.dataset.act !== form.dataset.act)
      .map((box) => [box.id, box.value]);
    refresh(page, ["errors", "state", "controls", "habits", "no-texts", "compose"]);
    for (const [id, value] of unsent) {
      const box = document.getElementById(id);
      if (box) box.value = value;
    }
    document.title = page.title;
    prepare();
    refocus(focused);
  } catch {
    document.querySelector("[data-region=state]").textContent = "The service does not answer. Try again.";
  }
}

/** Whether somebody is about to use a region: what they press or have typed must not be replaced under their hands. */
function isInUse(name) {
  const region = document.querySelector(`[data-region="${name}"]`);
  return region.contains(document.activeElement) || Boolean(region.querySelector("#say")?.value);
}

function refresh(page, regions) {
  for (const name of regions) {
    const there = page.querySelector(`[data-region="${name}"]`);
    const here = document.querySelector(`[data-region="${name}"]`);
    if (there && here && here.innerHTML !== there.innerHTML) here.innerHTML = there.innerHTML;
  }
  for (const list of page.querySelectorAll("[data-grows]")) grow(list);
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

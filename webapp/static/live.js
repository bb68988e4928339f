// A part of a page that reads itself again while somebody looks at it: <p role="status" data-live="ID OF THE PART">
// says what is new in it. The focus and what is unfolded stay; what has not changed is not touched.

const HALF_A_MINUTE = 30_000;
const ASKS = { headers: { "Reads-Itself-Again": "yes" }, redirect: "manual", cache: "no-store" };

export function keepLive(status) {
  let timer;
  let isAway = false;

  const again = () => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(read, HALF_A_MINUTE);
  };

  const read = async () => {
    clearTimeout(timer);
    const part = document.getElementById(status.dataset.live);
    try {
      const answer = await fetch(window.location.href, ASKS);
      if (answer.type === "opaqueredirect") {
        say(status, "You are signed out, so this page stays as it was. Open it again to sign in.");
        return; // and nobody asks any more
      }
      if (!answer.ok) throw new Error(`${answer.status}`);
      const news = put(await answer.text(), part);
      if (news || isAway) say(status, news);
      isAway = false;
    } catch {
      isAway = true;
      say(status, `The service cannot be reached. This is how it was at ${part.dataset.readAt}.`);
    }
    again();
  };

  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : read()));
  again();
}

// A screen reader reads out what is put here, so the same words are not put twice.
function say(status, words) {
  if (status.textContent !== words) status.textContent = words;
}

// Puts the part as it is now in the place of the part as it was; gives what to say of it.
function put(html, part) {
  const now = new DOMParser().parseFromString(html, "text/html").getElementById(part.id);
  const known = new Set(keys(part));
  const fresh = keys(now).filter((key) => !known.has(key)).length;
  part.dataset.readAt = now.dataset.readAt;
  if (now.innerHTML === part.innerHTML) return "";
  const focused = part.contains(document.activeElement) ? sign(document.activeElement) : null;
  const unfolded = new Set([...part.querySelectorAll("details[open]")].map(sign));
  part.replaceChildren(...now.childNodes);
  part.querySelectorAll("details").forEach((one) => (one.open = unfolded.has(sign(one))));
  if (focused) [...part.querySelectorAll("a, button, summary")].find((one) => sign(one) === focused)?.focus({ preventScroll: true });
  document.querySelector("h1").textContent = now.dataset.heading;
  if (fresh === 0) return `Brought up to date at ${now.dataset.readAt}.`;
  return `${fresh} new ${fresh === 1 ? "thing" : "things"} to do, since ${now.dataset.readAt}.`;
}

const keys = (part) => [...part.querySelectorAll("[data-key]")].map((one) => one.dataset.key);
// By what a link or a detail can be found again: where it leads, what it says and what row it stands in.
const sign = (one) => [one.closest("[data-key]")?.dataset.key, one.getAttribute("href"), one.textContent.trim()].join("|");

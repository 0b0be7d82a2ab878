// Buttons that copy a text, and say that they did.

/** How long a button says so, in milliseconds. */
const SAID_MS = 1_500;

/** Lets a button copy what `text` returns; `said` is told too, for a screen reader. */
export function copies(button, said, text) {
  const label = button.textContent;
  let timer;
  button.addEventListener('click', async () => {
    const done = await copy(text());
    button.textContent = done ? 'Copied' : 'Not copied';
    said.textContent = `${label}: ${done ? 'copied' : 'the browser does not allow it'}`;
    clearTimeout(timer);
    timer = setTimeout(() => (button.textContent = label), SAID_MS);
  });
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

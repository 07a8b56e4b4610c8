// What a yes in advance is, wherever one is given or listed. Pure.

export function Meaning() {
  return (
    <p class="soft small">
      One action of one service then runs without asking: so many times, until an instant. The host itself
      checks your signature and counts the runs, by its own list and its own limit; a freeze still holds it,
      and each run is recorded in the name of who gave it. What changes a configuration is always asked.
    </p>
  );
}

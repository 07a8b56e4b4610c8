// What a yes in advance is, wherever one is given or listed. Pure.

export function Meaning() {
  return (
    <p class="soft small">
      It then runs without asking, in the name of who said yes. The host itself checks that signature and
      counts the runs; its own limit still holds, and so does a freeze. What changes a configuration is always
      asked.
    </p>
  );
}

// The screen on the wall: numbers as the center tells them, and a soft chime when one is called. It holds nothing else.
const $ = (id) => document.getElementById(id);
const EARLIER = 6;
const PREPARING = 18;
const SILENCE_MS = 40_000;

const audio = new AudioContext();
let heardAt = Date.now();

function chime() {
  if (audio.state !== "running") return;
  for (const [index, hertz] of [[0, 659.3], [1, 523.3]]) {
    const at = audio.currentTime + index * 0.45;
    const tone = new OscillatorNode(audio, { frequency: hertz });
    const gain = new GainNode(audio, { gain: 0 });
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.16, at + 0.03);
    gain.gain.exponentialRampToValueAtTime(0.0005, at + 1.3);
    tone.connect(gain).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 1.4);
  }
  document.documentElement.dataset.chimes = Number(document.documentElement.dataset.chimes ?? 0) + 1;
}

function items(numbers) {
  return numbers.map((number) => {
    const item = document.createElement("li");
    item.textContent = number;
    return item;
  });
}

function draw({ shown, call }) {
  if (shown === null) return;
  $("name").textContent = shown.office;
  const [now, ...earlier] = shown.called;
  $("called").textContent = now ?? "ただいまお呼び出し中の番号はありません";
  $("called").classList.toggle("none", now === undefined);
  $("earlier").replaceChildren(...items(earlier.slice(0, EARLIER)));
  $("preparing").replaceChildren(...items(shown.preparing.slice(0, PREPARING)));
  const more = shown.preparing.length - PREPARING;
  $("rest").textContent = shown.preparing.length === 0 ? "お待ちの方はいません" : more > 0 ? `ほか ${more} 件` : "";
  if (call) {
    chime();
    $("now").classList.remove("fresh");
    requestAnimationFrame(() => $("now").classList.add("fresh"));
  }
}

function tick() {
  $("clock").textContent = new Intl.DateTimeFormat("ja-JP", { timeZone: "Asia/Tokyo", hour: "numeric", minute: "2-digit", hourCycle: "h23" }).format(new Date());
  $("lost").hidden = Date.now() - heardAt < SILENCE_MS;
  $("sound").hidden = audio.state === "running";
}

function listen() {
  const events = new EventSource(`/live${location.pathname}`);
  events.addEventListener("display", (event) => {
    heardAt = Date.now();
    const told = JSON.parse(event.data);
    $("specimen").hidden = !told.specimen;
    draw(told);
    tick();
  });
  events.onerror = () => {
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
  };
}

$("sound").addEventListener("click", () => audio.resume().then(tick));
tick();
setInterval(tick, 1000);
listen();

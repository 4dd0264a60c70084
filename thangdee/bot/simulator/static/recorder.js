// Records a voice note where the browser has a microphone and MediaRecorder.

const LONGEST_SECONDS = 300;

export class Recorder {
  #recorder = null;
  #startedAt = 0;
  #clock = null;

  static get works() {
    return Boolean(navigator.mediaDevices?.getUserMedia) && "MediaRecorder" in window;
  }

  /** Start; `tick(seconds)` is called each second, and `full()` after five minutes. */
  async start(tick, full) {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const type = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus"].find((one) => MediaRecorder.isTypeSupported(one));
    this.#recorder = new MediaRecorder(stream, type ? { mimeType: type } : {});
    this.#startedAt = Date.now();
    this.#recorder.start();
    this.#clock = setInterval(() => (this.seconds >= LONGEST_SECONDS ? full() : tick(this.seconds)), 1000);
  }

  get seconds() {
    return Math.round((Date.now() - this.#startedAt) / 1000);
  }

  /** Stop and give the recording, or null when nothing runs. */
  async stop() {
    const recorder = this.#recorder;
    this.#recorder = null;
    clearInterval(this.#clock);
    if (!recorder) return null;
    const seconds = Math.max(1, this.seconds);
    const data = new Promise((done) => { recorder.ondataavailable = (event) => done(event.data); });
    recorder.stop();
    const blob = await data;
    recorder.stream.getTracks().forEach((track) => track.stop());
    return { blob, seconds };
  }
}

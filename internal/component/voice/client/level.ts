/** Looks at a voice ten times a second, and says how loud it is from 0 to 10. */
export class Level {
  private source: MediaStreamAudioSourceNode;
  private timer: number;

  constructor(context: AudioContext, stream: MediaStream, heard: (n: number) => void) {
    this.source = context.createMediaStreamSource(stream);
    const analyser = context.createAnalyser();
    analyser.fftSize = 1024;
    this.source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.timer = window.setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
      const decibels = 10 * Math.log10(power + 1e-10);
      heard(Math.max(0, Math.min(10, Math.round((decibels + 60) / 5)))); // from a whisper to a call
    }, 100);
  }

  stop() {
    clearInterval(this.timer);
    this.source.disconnect();
  }
}

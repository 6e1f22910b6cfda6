// Tells the server that the text is open and, once one has stayed at a page, where that was.

const STAYED = 3000;

export class Place {
  constructor(area) {
    this.url = area.dataset.placeUrl;
    /** @type {any} */
    const token = document.querySelector("#cite-form [name=csrf_token]");
    this.token = token.value;
    this.told = "";
    addEventListener("pagehide", () => this.#tell());
    this.#send({});
  }

  at(place) {
    this.place = place;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#tell(), STAYED);
  }

  #tell() {
    const now = JSON.stringify(this.place);
    if (this.place && now !== this.told) this.#send(this.place);
    this.told = now;
  }

  // That it is not kept where one stopped is no reason to disturb anybody's reading.
  #send(values) {
    const body = new URLSearchParams({ csrf_token: this.token, ...values });
    fetch(this.url, { method: "POST", body, keepalive: true }).catch(() => {});
  }
}

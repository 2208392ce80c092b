// What anywidget gives to `render`: the traits of a widget, and messages to and from its Python side. Types only.

export interface Model<Traits, Sent, Received> {
  get<Name extends keyof Traits>(name: Name): Traits[Name];
  set<Name extends keyof Traits>(name: Name, value: Traits[Name]): void;
  save_changes(): void;
  send(message: Sent, callbacks?: undefined, buffers?: (ArrayBuffer | ArrayBufferView)[]): void;
  on(event: "msg:custom", handler: (message: Received, buffers: DataView<ArrayBuffer>[]) => void): void;
  on(event: `change:${Extract<keyof Traits, string>}`, handler: (change?: unknown) => void): void;
  on(event: "comm_live_update", handler: () => void): void;
  off(event: "comm_live_update", handler: () => void): void;
  off(event: "msg:custom", handler: (message: Received, buffers: DataView<ArrayBuffer>[]) => void): void;
  off(event: `change:${Extract<keyof Traits, string>}`, handler: (change?: unknown) => void): void;
}

export interface Widget<Traits, Sent = never, Received = never> {
  model: Model<Traits, Sent, Received>;
  el: HTMLElement;
}

/** A draft of an answer as the server has it. */
export interface Draft {
  text: string;
  /** Absent: there is none. */
  version?: string | null | undefined;
}

/** What this browser keeps until the server has it. */
export interface Copy {
  text: string;
  /** The version that it was made from; absent: there was none, or nobody knows yet. */
  since?: string | undefined;
  /** What was last on its way to the server: it may have arrived without a word. */
  sent?: string | undefined;
}

/** The way to the server and to what this browser keeps. */
export interface Wire {
  read(): Promise<Draft>;
  /** Fails with a conflict when `since` is not what stands there. */
  write(text: string, since: string | undefined): Promise<Draft>;
  isConflict(error: unknown): boolean;
  /** Trying again makes no difference: it is refused, not unreachable. */
  isRefusal(error: unknown): boolean;
  /** What this browser kept, and whether it could. */
  copy(): Copy | undefined;
  keep(copy: Copy | undefined): boolean;
  /** The server has this now. */
  saved(draft: Draft): void;
}

/** Where a draft is: on the server, on its way there, in this browser only, or only on the screen. */
export type Standing = 'none' | 'saved' | 'saving' | 'browser' | 'screen';

/** What there is to show. */
export interface Writing {
  text: string;
  standing: Standing;
  /** What stands on the server from another tab or device. Nothing is saved until one of the two was chosen. */
  other: Draft | undefined;
}

/** A moment after the last key. */
const PAUSE = 700;
/** Until the next try when the server was not reached. */
const AGAIN = 10_000;

const same = (a: string | null | undefined, b: string | null | undefined) => (a ?? '') === (b ?? '');

/**
 * Keeps the draft of one conversation: in this browser at once, on the server a moment after the last key, one request at a time.
 * What another tab or device wrote meanwhile is neither written over nor lost.
 */
export class Keeper {
  private writing: Writing;
  /** The server's draft as it was last told. */
  private known: Draft | undefined;
  /** The version that the text was made from. */
  private since: string | undefined;
  private sent: string | undefined;
  private dirty = false;
  private busy = false;
  /** An answer is on its way that may take the draft along. */
  private holding = false;
  private failed = false;
  /** What the server does not take. */
  private refused: string | undefined;
  private kept = true;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();
  private readonly wire: Wire;

  constructor(wire: Wire) {
    this.wire = wire;
    const copy = wire.copy();
    this.writing = { text: copy?.text ?? '', standing: copy ? 'browser' : 'none', other: undefined };
    if (copy) {
      this.dirty = true;
      this.since = copy.since;
      this.sent = copy.sent;
    }
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  now = (): Writing => this.writing;

  /** The version that the text on the screen is, for the answer that takes it along. */
  version = (): string | undefined => this.since;

  /** Whether everything is where it belongs, so that nothing need be remembered of it. */
  get idle(): boolean {
    return !this.dirty && !this.busy && !this.holding && !this.writing.other && this.listeners.size === 0;
  }

  /** Asks the server what stands there. */
  load = async (): Promise<void> => {
    if (this.busy || this.holding) return;
    try {
      const draft = await this.wire.read();
      // A request that began meanwhile knows better.
      if (!this.busy && !this.holding) this.meet(draft);
    } catch {
      this.fail();
    }
  };

  /** What is written now. */
  set = (text: string): void => {
    this.dirty = true;
    this.keep(text);
    this.show({ text });
    this.schedule(PAUSE);
  };

  /** The page is left, or the conversation. */
  flush = (): void => {
    clearTimeout(this.timer);
    this.timer = undefined;
    void this.push();
  };

  /** The text goes out as an answer. What comes back tells that the server took it, or did not. */
  send = (): ((taken: boolean) => void) => {
    const { since } = this;
    clearTimeout(this.timer);
    this.holding = true;
    this.dirty = false;
    this.wire.keep(undefined);
    this.show({ text: '' });
    return (taken) => {
      this.holding = false;
      // The server's draft went with the answer; one that was refused stays there until something else is written.
      if (taken && since !== undefined && this.since === since) this.stand({ text: '' });
      if (taken && this.writing.text === '' && this.since !== undefined) this.dirty = true;
      if (this.dirty) this.schedule(PAUSE);
      this.show({});
    };
  };

  /** What is written here holds. */
  keepMine = (): void => {
    const { other } = this.writing;
    if (!other) return;
    this.stand(other);
    this.dirty = true;
    this.show({ other: undefined });
    void this.push();
  };

  /** What was written elsewhere holds. */
  takeOther = (): void => {
    const { other } = this.writing;
    if (!other) return;
    this.stand(other);
    this.clean();
    this.show({ text: other.text, other: undefined });
  };

  private push = async (): Promise<void> => {
    const { text, other } = this.writing;
    if (this.busy || this.holding || !this.dirty || other || text === this.refused) return;
    this.busy = true;
    this.show({});
    try {
      // Without a look at what stands there, one would write over it.
      if (!this.known) {
        const found = await this.wire.read();
        this.busy = false;
        this.meet(found);
        return;
      }
      this.sent = text;
      this.keep(text);
      const saved = await this.wire.write(text, this.since);
      this.stand(saved);
      this.failed = false;
      this.wire.saved(saved);
      this.busy = false;
      if (!this.holding && this.writing.text === text) this.clean();
      else if (this.dirty) this.keep(this.writing.text);
    } catch (error) {
      this.busy = false;
      if (this.wire.isConflict(error)) {
        this.known = undefined;
        await this.load();
      } else {
        if (this.wire.isRefusal(error)) this.refused = text;
        this.fail();
      }
    }
    // An answer that was taken meanwhile leaves nothing to be kept, and what was just saved goes.
    if (!this.holding && !this.dirty && this.writing.text === '' && this.known?.version) this.dirty = true;
    if (this.dirty && !this.failed) this.schedule(PAUSE);
    this.show({});
  };

  /** Puts together what is written here and what stands on the server. */
  private meet(found: Draft): void {
    const { text } = this.writing;
    const before = this.since;
    const news = !this.known || !same(this.known.version, found.version);
    this.failed = false;
    if (!this.dirty) {
      this.known = found;
      this.since = found.version ?? undefined;
      this.show(news ? { text: found.text, other: undefined } : {});
      return;
    }
    this.known = found;
    const own = same(before, found.version) || found.text === '' || found.text === this.sent;
    if (found.text === text) {
      this.stand(found);
      this.clean();
      this.show({ other: undefined });
    } else if (own) {
      this.stand(found);
      this.show({ other: undefined });
      this.schedule(0);
    } else if (text === '') {
      // Nothing here that could be lost.
      this.stand(found);
      this.clean();
      this.show({ text: found.text, other: undefined });
    } else this.show({ other: found });
  }

  private stand(draft: Draft): void {
    this.known = draft;
    this.since = draft.version ?? undefined;
  }

  private clean(): void {
    this.dirty = false;
    this.refused = undefined;
    this.sent = undefined;
    this.wire.keep(undefined);
    this.kept = true;
  }

  private keep(text: string): void {
    this.kept = this.wire.keep({ text, since: this.since, sent: this.sent });
  }

  private fail(): void {
    this.failed = true;
    if (this.dirty && this.writing.text !== this.refused) this.schedule(AGAIN);
    this.show({});
  }

  private schedule(after: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.push(), after);
  }

  private show(change: Partial<Pick<Writing, 'text' | 'other'>>): void {
    const next = { ...this.writing, ...change };
    const failed = this.failed || next.other !== undefined || next.text === this.refused;
    const standing: Standing =
      next.text === ''
        ? 'none'
        : !this.dirty
          ? 'saved'
          : failed
            ? this.kept
              ? 'browser'
              : 'screen'
            : 'saving';
    this.writing = { ...next, standing };
    for (const tell of this.listeners) tell();
  }
}

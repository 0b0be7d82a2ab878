// A list that follows what is added to it: its end stays in view until the reader scrolls away, and again once the reader is back.

/** How far from the end still counts as there, in pixels. */
const NEAR_PX = 40;

/** Follows the end of a scroller. Only scrolling changes whether it does, and no change of the layout, such as a turned phone. */
export class Following {
  #scroller;
  #isFollowing = true;
  #size = '';

  /** `content` is what grows inside the scroller. */
  constructor(scroller, content = scroller) {
    this.#scroller = scroller;
    this.#size = sizeOf(scroller);
    scroller.addEventListener('scroll', () => this.#look());
    const observer = new ResizeObserver(() => this.#keep());
    observer.observe(scroller);
    if (content !== scroller) observer.observe(content);
  }

  /** Changes the content, and shows its end if that was in view. */
  during(change) {
    this.#look();
    change();
    this.#keep();
  }

  /** Whether the reader has scrolled. A scroller of another size was scrolled by the layout. */
  #look() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    if (sizeOf(this.#scroller) === this.#size) this.#isFollowing = scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }

  #keep() {
    if (this.#isFollowing) this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#size = sizeOf(this.#scroller);
  }
}

const sizeOf = ({ clientWidth, clientHeight, scrollHeight }) => `${clientWidth} ${clientHeight} ${scrollHeight}`;

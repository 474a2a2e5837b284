// What an island in a page of a live session hears from the session's one stream.

interface SessionPage extends HTMLElement {
  listen(event: string, heard: (data: string) => void): () => void;
}

/**
 * Calls heard with the data of each message of that event, for as long as the returned function
 * has not been called. The element must lie in a page of a live session.
 */
export function listen(element: HTMLElement, event: string, heard: (data: string) => void): () => void {
  let stop = () => {};
  let stopped = false;
  const page = element.closest<SessionPage>("meeting-live");
  void customElements.whenDefined("meeting-live").then(() => {
    if (page && !stopped) stop = page.listen(event, heard);
  });
  return () => {
    stopped = true;
    stop();
  };
}

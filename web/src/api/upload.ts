import { ApiProblem, problemOf } from './client';

/**
 * Sends a file as the body of a request; `fetch` cannot tell how much has left, so this is an XHR. The browser reads
 * the file from the disk while it sends, however large it is.
 */
export function sendFile<Answer>(
  path: string,
  file: Blob | undefined,
  type: string,
  progress: (share: number) => void,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const offline = () =>
      reject(
        new ApiProblem({ status: 0, code: 'offline', detail: 'The server cannot be reached.', help: '' }),
      );
    request.open('POST', path);
    request.setRequestHeader('x-harkara', '1');
    request.setRequestHeader('content-type', type);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress(event.total > 0 ? event.loaded / event.total : 1);
    };
    request.onload = () => {
      const { status, statusText, responseText } = request;
      if (status >= 200 && status < 300) {
        progress(1);
        resolve(JSON.parse(responseText) as Answer);
        return;
      }
      if (status === 0) offline();
      else problemOf(new Response(responseText, { status, statusText })).then(reject, reject);
    };
    request.onerror = offline;
    request.onabort = () => reject(new DOMException('Left', 'AbortError'));
    signal.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}

export const isAbort = (problem: unknown) => problem instanceof DOMException && problem.name === 'AbortError';

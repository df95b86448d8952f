/**
 * The same response, whose body counts its bytes as they are read.
 * @param onEnd called once, when the body ended, failed, or was left
 */
export function meterBody(response: Response, onEnd: (bytes: number, isCancelled: boolean) => void): Response {
  if (response.body === null) {
    onEnd(0, false);
    return response;
  }
  const reader = response.body.getReader();
  let sizeBytes = 0, hasEnded = false;
  const end = (isCancelled: boolean) => {
    if (!hasEnded) onEnd(sizeBytes, isCancelled);
    hasEnded = true;
  };
  const body = new ReadableStream<Uint8Array>({
    async pull(stream) {
      try {
        const next = await reader.read();
        if (hasEnded) return;
        if (next.done) {
          end(false);
          return stream.close();
        }
        sizeBytes += next.value.byteLength;
        stream.enqueue(next.value);
      } catch (error) {
        end(false);
        throw error;
      }
    },
    cancel(reason) {
      end(true);
      return reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
  return new Response(body, response);
}

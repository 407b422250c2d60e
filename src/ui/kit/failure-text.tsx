import type { Failure } from '../../stores/models.ts';

/** What went wrong, what to do about it, and where. */
export function FailureText({ failure: { message, advice, link } }: { readonly failure: Failure }) {
  return (
    <>
      <p className="finding-message">{message}</p>
      {advice && !message.includes(advice) && <p className="finding-advice">{advice}</p>}
      {link && (
        <p className="finding-advice">
          <a href={link} target="_blank" rel="noreferrer">
            {link}
          </a>
        </p>
      )}
    </>
  );
}

/** Two streams, one of each sign, that run into one. */
export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" aria-hidden>
      <g fill="none" strokeWidth="3.2" strokeLinecap="round">
        <path d="M6 6c0 8 10 4 10 12" stroke="var(--negative)" />
        <path d="M26 6c0 8-10 4-10 12" stroke="var(--positive)" />
        <path d="M16 5v21" stroke="var(--accent)" />
      </g>
      <circle cx="16" cy="26" r="3" fill="var(--accent)" />
    </svg>
  );
}

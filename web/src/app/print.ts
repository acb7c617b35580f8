const SCHEME = 'data-mantine-color-scheme';

/** Paper is white: what is dark on the screen is printed in the light scheme. */
export function lightOnPaper(): () => void {
  const root = document.documentElement;
  const paper = window.matchMedia('print');
  let before: string | null = null;
  const turn = () => {
    if (paper.matches) {
      before = root.getAttribute(SCHEME);
      root.setAttribute(SCHEME, 'light');
    } else if (before) root.setAttribute(SCHEME, before);
  };
  paper.addEventListener('change', turn);
  return () => paper.removeEventListener('change', turn);
}

import { useEffect } from 'react';

let page = '';
let news = '';

function write(): void {
  const name = page === '' ? 'Harkara' : `${page} · Harkara`;
  document.title = news === '' ? name : `(${news}) ${name}`;
}

/** What the window is called while a page is shown. */
export function useTitle(title: string): void {
  useEffect(() => {
    page = title;
    write();
  }, [title]);
}

/** How much is new, in front of every page's title; empty for nothing. */
export function useTitleNews(text: string): void {
  useEffect(() => {
    news = text;
    write();
    return () => {
      news = '';
      write();
    };
  }, [text]);
}

/** Encodings that are offered: those that spreadsheets and older programs write. The names are the standard's own. */
export const ENCODINGS = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1252',
  'windows-1250',
  'windows-1251',
  'windows-1253',
  'windows-1254',
  'windows-1255',
  'windows-1256',
  'windows-1257',
  'windows-1258',
  'windows-874',
  'iso-8859-2',
  'macintosh',
  'koi8-r',
  'shift_jis',
  'euc-kr',
  'gb18030',
  'big5',
] as const;

export const DELIMITERS = [',', ';', '\t', '|'] as const;

// Words that a constant of an enum may not be called in the languages of scripts/sdk.

const words = (text) => text.trim().split(/\s+/);

const java = words(`
  abstract assert boolean break byte case catch char class const continue default do double else enum extends
  false final finally float for goto if implements import instanceof int interface long native new null package
  private protected public return short static strictfp super switch synchronized this throw throws transient
  true try void volatile while`);

const typescript = words(`
  await break case catch class const continue debugger default delete do else enum export extends false finally
  for function if implements import in instanceof interface let new null package private protected public return
  static super switch this throw true try typeof var void while with yield undefined NaN Infinity`);

const python = words(`
  False None True and as assert async await break class continue def del elif else except finally for from global
  if import in is lambda mro name nonlocal not or pass raise return try value while with yield`);

const rust = words(`
  Self abstract as async await become box break const continue crate do dyn else enum extern false final fn for
  gen if impl in let loop macro match mod move mut override priv pub ref return self static struct super trait
  true try type typeof unsafe unsized use virtual where while yield`);

export const reservedWords = {
  python,
  typescript,
  'openapi-fetch': typescript,
  rust,
  progenitor: rust,
  java,
  go: words(`
    break case chan const continue default defer else fallthrough for func go goto if import interface map package
    range return select struct switch type var`),
  kotlin: words(`
    as break class companion continue do else entries false for fun if in interface is name null object ordinal
    package return super this throw true try typealias typeof val value valueOf values var when while`),
  csharp: words(`
    abstract as base bool break byte case catch char checked class const continue decimal default delegate do
    double else enum event explicit extern false finally fixed float for foreach goto if implicit in int interface
    internal is lock long namespace new null object operator out override params private protected public readonly
    ref return sbyte sealed short sizeof stackalloc static string struct switch this throw true try typeof uint
    ulong unchecked unsafe ushort using virtual void volatile while`),
  // In PHP a constant may have any name but this one, in whichever case.
  php: words('class Class CLASS'),
  ruby: words(`
    BEGIN END __ENCODING__ __FILE__ __LINE__ alias and begin break case class def defined do else elsif end ensure
    false for if in module next nil not or redo rescue retry return self super then true undef unless until when
    while yield`),
};

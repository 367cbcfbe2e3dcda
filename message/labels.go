package message

import (
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// labels are those that the tables of x/text lack or read differently than mail means them.
var labels = map[string]encoding.Encoding{
	"utf-8": unicode.UTF8, "utf8": unicode.UTF8, "utf-8-sig": unicode.UTF8, "utf8mb4": unicode.UTF8,
	"us-ascii": nil, "ascii": nil, "ansi_x3.4-1968": nil, "unknown-8bit": nil, "x-unknown": nil,
	"x-user-defined": nil, "default": nil, "binary": nil, "8bit": nil, "7bit": nil, "default_charset": nil,
	"gb2312": simplifiedchinese.GB18030, "gbk": simplifiedchinese.GB18030, "x-gbk": simplifiedchinese.GB18030,
	"gb_2312-80": simplifiedchinese.GB18030, "gb18030": simplifiedchinese.GB18030, "cp936": simplifiedchinese.GB18030,
	"hz-gb-2312": simplifiedchinese.HZGB2312, "big5-hkscs": traditionalchinese.Big5, "cp950": traditionalchinese.Big5,
	"cp932": japanese.ShiftJIS, "ms932": japanese.ShiftJIS, "shift-jis": japanese.ShiftJIS, "x-sjis": japanese.ShiftJIS,
	"sjis": japanese.ShiftJIS, "windows-31j": japanese.ShiftJIS, "x-windows-iso2022jp": japanese.ISO2022JP, "iso-2022-jp-ms": japanese.ISO2022JP,
	"iso-2022-jp-1": japanese.ISO2022JP, "iso-2022-jp-2": japanese.ISO2022JP, "cp50220": japanese.ISO2022JP, "cp50221": japanese.ISO2022JP, "x-euc-jp": japanese.EUCJP,
	"cp949": korean.EUCKR, "ms949": korean.EUCKR, "uhc": korean.EUCKR, "ks_c_5601": korean.EUCKR,
	"cp437": charmap.CodePage437, "cp850": charmap.CodePage850, "cp852": charmap.CodePage852, "cp855": charmap.CodePage855,
	"cp858": charmap.CodePage858, "cp860": charmap.CodePage860, "cp862": charmap.CodePage862, "cp863": charmap.CodePage863,
	"cp865": charmap.CodePage865, "cp866": charmap.CodePage866, "cp1047": charmap.CodePage1047, "cp037": charmap.CodePage037,
	"koi8-ru": charmap.KOI8U, "macroman": charmap.Macintosh, "x-mac-roman": charmap.Macintosh, "x-mac-cyrillic": charmap.MacintoshCyrillic,
	"utf-16": unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "utf-16be": unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
	"utf-16le": unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-32": utf32.UTF32(utf32.BigEndian, utf32.UseBOM),
	"utf-32be": utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), "utf-32le": utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM),
}

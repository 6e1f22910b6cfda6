"""HTML in the shape in which word processors put it on the clipboard."""

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word"
xmlns="http://www.w3.org/TR/REC-html40"><head><meta name=Generator content="Microsoft Word 15"><!--[if gte
mso 9]><xml>
<w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]--><style><!--
/* Style Definitions */ p.MsoNormal, li.MsoNormal {mso-style-unhide:no; margin:0cm; font-family:"Calibri",sans-serif;}
@list l0 {mso-list-id:1;} --></style></head><body lang=EN-GB style='tab-interval:36.0pt'><!--StartFragment-->
<h1><span lang=EN-US>Two kinds of work<o:p></o:p></span></h1>
<p class=MsoNormal><span lang=EN-US>Kotter <b
style='mso-bidi-font-weight:normal'>separates</b> them;<span
style='mso-spacerun:yes'>&nbsp; </span>Zaleznik <i>does not</i>.<o:p></o:p></span></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol;mso-fareast-font-family:Symbol'><span style='mso-list:Ignore'>·<span
style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>planning<o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='margin-left:72.0pt;mso-list:l0 level2 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>o<span
style='font:7.0pt "Times New Roman"'>&nbsp; </span></span><![endif]>budgets<o:p></o:p></p>
<p class=MsoListParagraphCxSpLast style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>·<span
style='font:7.0pt "Times New Roman"'>&nbsp; </span></span><![endif]>staffing<o:p></o:p></p>
<p class=MsoNormal>Then:</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span
style='mso-list:Ignore'>1.<span>&nbsp; </span></span>aim</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span
style='mso-list:Ignore'>2.<span>&nbsp; </span></span>align</p>
<p class=MsoNormal>A remark between.</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span
style='mso-list:Ignore'>3.<span>&nbsp; </span></span>motivate</p>
<table class=MsoTableGrid border=1 style='border-collapse:collapse'><tr><td width=200 style='padding:0cm'><p
class=MsoNormal>leads<o:p></o:p></p></td><td><p class=MsoNormal>manages<o:p></o:p></p></td></tr></table>
<!--EndFragment--></body></html>"""
WORD_CLEAN = (
    "<h3>Two kinds of work</h3><p>Kotter <strong>separates</strong> them; Zaleznik <em>does not</em>.</p>"
    "<ul><li><p>planning</p><ul><li><p>budgets</p></li></ul></li><li><p>staffing</p></li></ul><p>Then:</p>"
    "<ol><li><p>aim</p></li><li><p>align</p></li></ol><p>A remark between.</p>"
    '<ol start="3"><li><p>motivate</p></li></ol>'
    "<table><tbody><tr><td>leads</td><td>manages</td></tr></tbody></table>"
)

GOOGLE_DOCS = """<meta charset='utf-8'><meta charset="utf-8"><b style="font-weight:normal;"
id="docs-internal-guid-5f3c2a10-7fff-1a2b-3c4d-5e6f7a8b9c0d"><h2 dir="ltr" style="line-height:1.38;"><span
style="font-size:16pt;font-family:Arial;font-weight:400;">A claim</span></h2><p dir="ltr"
style="line-height:1.38;"><span
style="font-size:11pt;font-family:Arial;color:#000000;font-weight:400;font-style:normal;">Plain and </span><span
style="font-size:11pt;font-weight:700;font-style:normal;">bold</span><span style="font-weight:400;font-style:italic;">
 and slanted</span><span style="font-weight:400;">, with </span><a href="https://example.org/a"
style="text-decoration:none;"><span
style="color:#1155cc;text-decoration:underline;">a link</span></a><span>.</span></p><ul
style="margin-top:0;"><li dir="ltr" style="list-style-type:disc;" aria-level="1"><p dir="ltr"
role="presentation"><span
style="font-weight:400;">one</span></p></li><li dir="ltr" aria-level="1"><p dir="ltr"
role="presentation"><span>two</span></p>
</li></ul></b><br class="Apple-interchange-newline">"""
GOOGLE_DOCS_CLEAN = (
    "<h3>A claim</h3><p>Plain and <strong>bold</strong><em> and slanted</em>, with "
    '<a href="https://example.org/a" target="_blank" rel="noopener nofollow ugc">a link</a>.</p>'
    "<ul><li><p>one</p></li><li><p>two</p></li></ul>"
)

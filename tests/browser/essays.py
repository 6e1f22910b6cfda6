"""What students write in the tests."""

FIRST_POST = """My aunt ran the harbour ferries for eleven years, and the crews still tell two stories about \
her. In the first she stands on the pier at six in the morning and counts life jackets, because somebody has \
to and the somebody who forgot in 2009 was the reason she got the job. In the second she tells the council \
that the ferries will run at night or not at all.

Zaleznik would want me to choose which of the two is the real one, since for him the difference lies in the \
person [Zaleznik 1977, p. 70]. I cannot. The night service came out of the counting: she knew to the minute \
how long a crew needs to turn a boat around, so when she promised the council a timetable it was one that \
could be kept.

That is closer to Kotter, who has both kinds of work done by one organisation and often by one desk [Kotter \
1990, p. 104]. Where I disagree with him is on how easily one desk does both. She did the counting herself \
until her third year, and the crews say that the good ideas began in the fourth, when she finally let the mate \
hold the list."""

REPLY_OF_60 = """What would have convinced you of the opposite? I keep looking for a case in which the promise \
came first and the careful work afterwards undid it, because that would speak for a difference of temper \
rather than of task. Yours sounds to me like somebody who had learned both trades in a sensible order, and \
perhaps the order is what matters most here."""

SECOND_REPLY = """I read your case twice, since at first it seemed to prove the contrary to me. The point that \
moved me is that nobody in it could say afterwards which decision had been the leading and which the managing \
one; they only remembered that the place worked. If we cannot tell them apart in the telling, perhaps we \
should not build two careers upon the difference."""

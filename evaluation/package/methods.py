"""Methods and results in APA style, with the survey's own numbers: to be read, shortened and put into a paper."""

from collections.abc import Iterator

from evaluation.charts.theme import REHEARSAL
from evaluation.package.paper_tables import MINUS, apa_decimal, interval, number, p_value
from evaluation.statistics import quality
from evaluation.statistics.analysis import Analysis, AspectAnalysis
from evaluation.statistics.rating_results import RatingResults
from evaluation.statistics.reasons import Reason, join_words, quantity
from evaluation.statistics.verdicts import Detection, VerdictFit

SURE = 0.05
LITERATURE = (
    "Bates, D., Mächler, M., Bolker, B., & Walker, S. (2015). Fitting linear mixed-effects models using lme4. "
    "Journal of Statistical Software, 67(1).",
    "Judd, C. M., Westfall, J., & Kenny, D. A. (2012). Treating stimuli as a random factor in social psychology. "
    "Journal of Personality and Social Psychology, 103(1), 54–69.",
    "Kuznetsova, A., Brockhoff, P. B., & Christensen, R. H. B. (2017). lmerTest package: Tests in linear mixed effects "
    "models. Journal of Statistical Software, 82(13).",
    "Liddell, T. M., & Kruschke, J. K. (2018). Analyzing ordinal data with metric models. Journal of Experimental "
    "Social Psychology, 79, 328–348.",
)


def methods_text(results: RatingResults, analysis: Analysis | None, software: dict[str, str]) -> str:
    """As Markdown; what could not be concluded is stated with its reason."""
    sections = {
        "Participants": _participants(results),
        "Materials": _materials(results),
        "Procedure": _procedure(results),
        "Analysis": _analysis(results, analysis, software),
        "Results": "\n\n".join(_results(results, analysis)),
        "References": "\n\n".join(LITERATURE) if analysis else "",
    }
    mark = f"**{REHEARSAL}. Not data.**\n\n" if results.table.rehearsal else ""
    body = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections.items() if text)
    return f"# {results.table.title}: methods and results\n\n{mark}{body}\n"


def _participants(results: RatingResults) -> str:
    steps = dict(zip(results.flow["step"], results.flow["people"], strict=True))
    finished, flagged = steps.get(quality.FINISHED), steps.get(quality.FLAGGED, 0)
    sentences = [f"{quantity(steps[quality.ANSWERED], 'listener')} answered at least one clip"]
    if quality.AGREED in steps:
        people = quantity(steps[quality.AGREED], "person", "people")
        sentences.insert(0, f"{people} agreed to take part")
    if finished is not None:
        sentences.append(f"{finished:,} finished")
    text = f"{join_words(sentences)}."
    if flagged:
        out = f"they were left out, which left {steps[quality.INCLUDED]:,}"
        kept = "they are included below; results without them are reported separately"
        text += (
            f" By rules fixed beforehand {quantity(flagged, 'listener')} {'was' if flagged == 1 else 'were'} flagged; "
        )
        text += f"{out if results.left_out else kept}."
    return text


def _materials(results: RatingResults) -> str:
    answer_table = results.table
    heard = answer_table.answers.groupby("source", observed=True)["clip"].nunique()
    kinds = {"human": "human music", "ai": "generated", "anchor": "low anchor, compared with nothing"}
    each = [
        f"{row.source} ({kinds[row.origin]}; {quantity(int(heard[row.source]), 'clip')})"
        for row in answer_table.sources.itertuples(index=False)
        if row.source in heard
    ]
    text = f"Listeners heard {quantity(int(heard.sum()), 'clip')} of {len(heard)} sources: {'; '.join(each)}."
    seconds = answer_table.clips["seconds"].dropna() if "seconds" in answer_table.clips else []
    if len(seconds):
        low, high = seconds.min(), seconds.max()
        length = f"{low:.0f} s" if round(low) == round(high) else f"{low:.0f} to {high:.0f} s"
        text += f" Clips lasted {length}"
        levels = answer_table.clips["loudness"].dropna()
        text += f" and were presented at {number(levels.mean(), 1)} LUFS." if len(levels) else "."
    return text


def _procedure(results: RatingResults) -> str:
    answer_table = results.table
    per = answer_table.answers.groupby("participant", observed=True).size()
    sentences = [
        f"Each listener heard between {per.min()} and {per.max()} clips"
        if per.min() < per.max()
        else f"Each listener heard {quantity(int(per.max()), 'clip')}"
    ]
    sentences[0] += " in an order of their own, without being told where any of them came from"
    if answer_table.aspects:
        first = answer_table.aspects[0]
        labels = join_words(aspect.label.lower() for aspect in answer_table.aspects)
        sentences.append(f"rated {labels} from {first.lowest:g} to {first.highest:g}")
    if answer_table.has_verdicts:
        question = f" (“{answer_table.verdict_question}”)" if answer_table.verdict_question else ""
        sentences.append(f"judged whether the music was made by an AI{question}")
    text = f"{join_words(sentences)}. {len(answer_table):,} answers were given"
    orders = answer_table.answers["order"].dropna().unique() if "order" in answer_table.answers else []
    words = {
        "ratings_first": "ratings were asked for before the verdict",
        "verdict_first": "the verdict was asked for before the ratings",
    }
    order = words.get(str(orders[0]), "") if len(orders) == 1 else ""
    if len(orders) > 1:
        order = "which question came first alternated between listeners"
    return f"{text}; {order}." if order and answer_table.has_verdicts and answer_table.aspects else f"{text}."


def _analysis(results: RatingResults, analysis: Analysis | None, software: dict[str, str]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in software.items())
    ends = (
        f"Intervals of means: two-way bootstrap over listeners and clips within sources, {results.replicates:,} "
        f"replicates. Answers: SHA-256 {results.table.fingerprint()[:16]}…; seed {results.seed}. "
        f"Software: Earwitness ({versions})."
    )
    if analysis is None:
        return f"The answers are described; no models were fitted. {ends}"
    fitted = [aspect for aspect in analysis.aspects.values() if not isinstance(aspect.linear, Reason)]
    sentences = []
    if fitted:
        bounds = join_words(dict.fromkeys(f"±{number(aspect.bound)}" for aspect in fitted))
        sentences.append(
            "Ratings were analysed with linear mixed models with source as fixed effect and crossed random intercepts "
            "of listeners and clips (REML; Satterthwaite's degrees of freedom), so that conclusions hold for other "
            "clips of the same sources (Bates et al., 2015; Judd et al., 2012; Kuznetsova et al., 2017); p values were "
            "corrected by Holm's method over all pairs of sources within an aspect. Cumulative link mixed models with "
            "the same random effects served as a check (Liddell & Kruschke, 2018). Cliff's δ has a two-way bootstrap "
            "interval. "
            f"Differences within {bounds} points count as negligible (two one-sided tests)."
        )
    if isinstance(analysis.verdicts, VerdictFit):
        bound = analysis.verdicts.detections[0].equivalence.bound if analysis.verdicts.detections else 0.3
        sentences.append(
            "Verdicts were analysed with a mixed probit model with the same random effects, whose coefficients are d′ "
            f"against human music, with t tests on clips {MINUS} 2 degrees of freedom; |d′| < {number(bound)} counts "
            "as not to be told apart."
        )
    return " ".join([*sentences, ends])


def _results(results: RatingResults, analysis: Analysis | None) -> Iterator[str]:
    if analysis is None:
        return
    for aspect in analysis.aspects.values():
        yield f"**{aspect.aspect.label}.** {_aspect_text(aspect)}"
    if isinstance(analysis.verdicts, VerdictFit):
        yield f"**Verdicts.** {_verdict_text(analysis.verdicts)}"
    elif isinstance(analysis.verdicts, Reason):
        yield f"**Verdicts.** {analysis.verdicts}"


def _aspect_text(aspect: AspectAnalysis) -> str:
    if isinstance(aspect.linear, Reason):
        return str(aspect.linear)
    means = join_words(
        f"{mean.label} M = {number(mean.estimate)}, 95 % CI {interval(mean.low, mean.high)}"
        for mean in aspect.linear.means()
    )
    sentences = [f"Estimated means: {means}."]
    for pair in aspect.comparisons:
        difference, delta = pair.difference, pair.delta
        verdict = "differed" if difference.p_holm < SURE else "were not shown to differ"
        if pair.equivalence.holds:
            verdict += ", and any difference was shown to be negligible"
        p = p_value(difference.p_holm)
        sentences.append(
            f"{pair.label.replace(' - ', ' and ')} {verdict}, Δ = {number(difference.estimate)}, 95 % CI "
            f"{interval(difference.low, difference.high)}, t({number(difference.df, 1)}) = {number(difference.t)}, "
            f"p_Holm {p if p.startswith('<') else f'= {p}'}, δ = {apa_decimal(delta.delta)} "
            f"{interval(delta.low, delta.high, apa_decimal)}."
        )
    sentences += [*aspect.disagreements, *aspect.linear.notes]
    if aspect.reliability and not isinstance(aspect.reliability, Reason):
        sentences.append(f"A clip's mean over its listeners was reliable to {apa_decimal(aspect.reliability.mean)}.")
    if aspect.agreement and not isinstance(aspect.agreement, Reason):
        alpha = aspect.agreement
        sentences.append(
            f"Krippendorff's α (ordinal) = {apa_decimal(alpha.alpha)} {interval(alpha.low, alpha.high, apa_decimal)}."
        )
    return " ".join(sentences)


def _verdict_text(fit: VerdictFit) -> str:
    sentences = [_detection_text(detection) for detection in fit.detections]
    return " ".join([*sentences, *(str(reason) for reason in fit.undecided.values())])


def _detection_text(detection: Detection) -> str:
    d_prime, p = detection.d_prime, p_value(detection.d_prime.p)
    phrase = (
        "was told from human music"
        if d_prime.p < SURE and d_prime.estimate > 0
        else "was not surely told from human music"
    )
    if d_prime.p < SURE and d_prime.estimate < 0:
        phrase = "was taken for human more often than human music was"
    if detection.equivalence.holds:
        phrase = "was shown not to be told from human music"
    return (
        f"{detection.source} {phrase}, d′ = {number(d_prime.estimate)}, 95 % CI {interval(d_prime.low, d_prime.high)}, "
        f"t({number(d_prime.df, 0)}) = {number(d_prime.t)}, p {p if p.startswith('<') else f'= {p}'} (hits "
        f"{apa_decimal(detection.hit_rate.value)}, false alarms {apa_decimal(detection.false_alarm_rate.value)}, c = "
        f"{number(detection.criterion.estimate)}, balanced accuracy {apa_decimal(detection.balanced_accuracy.value)})."
    )

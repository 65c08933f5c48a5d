# The numbers of this package again, in R, from the tables alone.
#
#   Rscript analysis.R            (in the folder of the package)
#
# Needs R 4 with lme4, lmerTest, ordinal, emmeans and jsonlite:
#   install.packages(c("lme4", "lmerTest", "ordinal", "emmeans", "jsonlite"))
#
# Every fit is printed, then compared with results.json. The script ends with 0 if all numbers agree to three digits.
# Confidence intervals and p values of ordinal models and verdicts: results.json has t tests with (clips - sources)
# degrees of freedom; R prints normal ones, which are too sure with few clips. Estimates and standard errors are equal.

suppressPackageStartupMessages({
  library(lmerTest)
  library(ordinal)
  library(emmeans)
  library(jsonlite)
})

# ---- The fits, as they stand in results.json ----------------------------------------------------------------------

# FITS

# ---- Data ---------------------------------------------------------------------------------------------------------

results <- fromJSON("results.json", simplifyVector = FALSE)
answers <- read.csv("answers.csv", na.strings = c("NA", ""), check.names = FALSE, stringsAsFactors = FALSE,
                    colClasses = c(participant = "character", clip = "character", source = "character"))
sources <- vapply(results$sources, function(one) one$source, "")
answers$participant <- factor(answers$participant)
answers$clip <- factor(answers$clip)
answers$verdict <- factor(answers$verdict, levels = c("human", "ai"))
contestants <- subset(answers, origin != "anchor")  # low anchors are compared with nothing
contestants$source <- factor(contestants$source, levels = sources[sources %in% contestants$source])

# ---- Comparing ----------------------------------------------------------------------------------------------------

compared <- 0
worst <- 0
unequal <- character()

agree <- function(what, here, there) {
  here <- as.numeric(unlist(here))
  there <- as.numeric(unlist(there))
  if (length(here) != length(there)) {
    unequal <<- c(unequal, paste(what, "has", length(here), "numbers here and", length(there), "in results.json"))
    return(invisible())
  }
  apart <- abs(here - there) / pmax(1, abs(there))
  compared <<- compared + length(apart)
  worst <<- max(worst, apart, na.rm = TRUE)
  if (any(apart > TOLERANCE, na.rm = TRUE)) {
    unequal <<- c(unequal, sprintf("%s: %s here, %s in results.json", what,
                                   paste(signif(here, 5), collapse = " "), paste(signif(there, 5), collapse = " ")))
  }
}

fitted_in <- function(formula, kind) results$fits[[formula]][[kind]]

has_number <- function(fit) !is.null(fit) && is.null(fit$reason)

rows_of <- function(fit, data = contestants) {
  rows <- data[data$source %in% unlist(fit$sources), ]
  rows$source <- factor(as.character(rows$source), levels = unlist(fit$sources))
  droplevels(rows)
}

# ---- Description --------------------------------------------------------------------------------------------------

for (row in results$description$ratings) {
  values <- answers[answers$source == row$source, row$aspect]
  values <- values[!is.na(values)]
  what <- paste(row$aspect, row$source)
  agree(paste(what, "n, mean, median"), c(length(values), mean(values), median(values)),
        row[c("ratings", "mean", "median")])
  if (!is.null(row$sd)) agree(paste(what, "sd"), sd(values), row$sd)
}
for (row in results$description$verdicts) {
  said <- answers$verdict[answers$source == row$source & !is.na(answers$verdict)]
  agree(paste("share judged AI,", row$source), c(length(said), mean(said == "ai")), row[c("verdicts", "share")])
}

# ---- Linear mixed models: REML, Satterthwaite's degrees of freedom ------------------------------------------------

fit_linear <- function(formula, expected, data = contestants) {
  if (!has_number(expected)) return(invisible())
  cat("\n\n==", formula, "\n")
  fit <- lmer(as.formula(formula), data = rows_of(expected, data), REML = TRUE,
              control = lmerControl(calc.derivs = TRUE))
  print(summary(fit), correlation = FALSE)
  table <- coef(summary(fit))
  agree(paste(formula, "estimates"), table[, "Estimate"], expected$estimate)
  agree(paste(formula, "standard errors"), table[, "Std. Error"], expected$se)
  agree(paste(formula, "REML"), REMLcrit(fit), expected$reml)
  spread <- as.data.frame(VarCorr(fit))
  for (factor in names(expected$sd)) {
    name <- if (factor == "residual") "Residual" else factor
    agree(paste(formula, "sd of", factor), spread$sdcor[spread$grp == name], expected$sd[[factor]])
  }
  if (!isSingular(fit)) agree(paste(formula, "df"), table[, "df"], expected$df)
  invisible(fit)
}

pairs_of <- function(formula, fit, expected) {
  differences <- summary(pairs(emmeans(fit, "source", lmer.df = "satterthwaite", lmerTest.limit = Inf),
                               reverse = TRUE, adjust = "holm"))
  print(differences)
  agree(paste(formula, "differences"), differences$estimate, expected$contrasts$estimate)
  agree(paste(formula, "standard errors of differences"), differences$SE, expected$contrasts$se)
  if (!isSingular(fit)) agree(paste(formula, "p (Holm)"), differences$p.value, expected$contrasts$p_holm)
}

for (formula in linear) {
  expected <- fitted_in(formula, "linear")
  fit <- fit_linear(formula, expected)
  if (!is.null(fit) && formula %in% ordinal) pairs_of(formula, fit, expected)
}
for (aspect in names(unfamiliar)) {
  fits <- results$aspects[[aspect]]$sensitivity
  expected <- Filter(function(one) one$name == "unfamiliar", fits)[[1]]$fit
  rated <- contestants[is.na(contestants$familiar) | contestants$familiar != 1, ]
  cat("\n\n== without clips that the listener knew")
  fit_linear(unfamiliar[[aspect]], expected, rated)
}

# ---- Cumulative link mixed models: log-odds, Laplace's approximation ----------------------------------------------

for (formula in ordinal) {
  expected <- fitted_in(formula, "ordinal")
  if (!has_number(expected)) next
  cat("\n\n== ordinal:", formula, "\n")
  data <- rows_of(expected)
  response <- all.vars(as.formula(formula))[1]
  data <- data[!is.na(data[[response]]), ]
  data[[response]] <- factor(data[[response]], ordered = TRUE)
  fit <- clmm(as.formula(formula), data = data, link = "logit", Hess = TRUE)
  print(summary(fit))
  table <- coef(summary(fit))
  beta <- (length(fit$alpha) + 1):nrow(table)
  agree(paste("ordinal", formula, "estimates"), table[beta, "Estimate"], expected$estimate)
  agree(paste("ordinal", formula, "standard errors"), table[beta, "Std. Error"], expected$se)
  agree(paste("ordinal", formula, "thresholds"), fit$alpha, expected$thresholds$estimate)
  agree(paste("ordinal", formula, "log-likelihood"), as.numeric(logLik(fit)), expected$log_likelihood)
}

# ---- Verdicts: mixed probit model; coefficients are d' ------------------------------------------------------------

for (formula in verdict) {
  expected <- fitted_in(formula, "verdict")
  if (!has_number(expected)) next
  cat("\n\n== verdict:", formula, "\n")
  data <- rows_of(expected)
  data <- data[!is.na(data$verdict), ]
  fit <- clmm(as.formula(formula), data = data, link = "probit", Hess = TRUE)
  print(summary(fit))
  table <- coef(summary(fit))
  estimates <- table[, "Estimate"] * c(-1, rep(1, nrow(table) - 1))  # the intercept is minus the threshold
  agree(paste("verdict", formula, "estimates"), estimates, expected$estimate)
  agree(paste("verdict", formula, "standard errors"), table[, "Std. Error"], expected$se)
  agree(paste("verdict", formula, "log-likelihood"), as.numeric(logLik(fit)), expected$log_likelihood)
}

# ---- Verdict on the numbers ---------------------------------------------------------------------------------------

cat(sprintf("\n\n%d numbers compared with results.json; the largest difference is %.2g.\n", compared, worst))
if (length(unequal)) {
  cat("These differ:\n", paste0("  ", unequal, "\n"), sep = "")
  quit(status = 1)
}
cat("All agree.\n")

"""How the answers of each kind of survey become results: one module, and one `Instrument`, for each kind of trial."""

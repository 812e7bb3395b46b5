/// This program's version, said in one place: `cohort --version`, the banner, notebooks.
public let cohortVersion = "0.1.0"

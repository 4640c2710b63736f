/* Before anything is drawn: says that scripts run, so that what needs them may show and what folds may fold. */
document.documentElement.classList.add("js");

// Sends the form of a launch at once; without scripts its button does the same.
for (const form of document.querySelectorAll("form[data-submit-now]")) {
  form.submit();
}

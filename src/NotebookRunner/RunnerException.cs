namespace NotebookRunner;

/// <summary>Something the user can put right: a path, a parameter, a notebook's JSON. The message says what and how.</summary>
internal sealed class RunnerException(string message, Exception? inner = null) : Exception(message, inner);

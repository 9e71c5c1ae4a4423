using Microsoft.Extensions.Logging;

namespace Prism.Tests.Chat;

/// <summary>Keeps every line at every level, with the values of its properties and its exception, and can be waited for.</summary>
internal sealed class RecordingLog<T> : ILogger<T>
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyCollection<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Waits until so many lines have a text in them.</summary>
    public async Task LineAsync(string text, int times = 1)
    {
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (_lines.Count(line => line.Contains(text, StringComparison.Ordinal)) >= times)
                {
                    return;
                }

                more = _more.Task;
            }

            try
            {
                await more.WaitAsync(Patience.Limit);
            }
            catch (TimeoutException)
            {
                throw new TimeoutException($"No '{text}' in:\n{string.Join('\n', Lines)}");
            }
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var properties = state is IEnumerable<KeyValuePair<string, object?>> values ? string.Join(' ', values) : "";
        TaskCompletionSource more;
        lock (_gate)
        {
            _lines.Add($"{logLevel} {eventId.Name}: {formatter(state, exception)} {properties} {exception}");
            (more, _more) = (_more, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        more.SetResult();
    }
}

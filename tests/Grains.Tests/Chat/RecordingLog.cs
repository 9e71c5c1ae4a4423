using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Prism.Tests.Chat;

/// <summary>Keeps every line at every level, with the values of its properties and its exception.</summary>
internal sealed class RecordingLog<T> : ILogger<T>
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var properties = state is IEnumerable<KeyValuePair<string, object?>> values ? string.Join(' ', values) : "";
        Lines.Enqueue($"{logLevel} {eventId.Name}: {formatter(state, exception)} {properties} {exception}");
    }
}

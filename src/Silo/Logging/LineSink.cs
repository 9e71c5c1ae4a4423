using System.Globalization;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace Prism.Logging;

/// <summary>Writes each event at once and whole, without the configured secrets.</summary>
internal sealed class LineSink(TextWriter output, ITextFormatter formatter, SecretMask mask) : ILogEventSink
{
    private readonly Lock _gate = new();

    public void Emit(LogEvent logEvent)
    {
        using var buffer = new StringWriter(CultureInfo.InvariantCulture);
        formatter.Format(logEvent, buffer);
        var line = mask.Apply(buffer.ToString());
        lock (_gate)
        {
            output.Write(line);
            output.Flush();
        }
    }
}

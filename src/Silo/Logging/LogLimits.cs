using Serilog.Events;

namespace Prism.Silo.Logging;

/// <summary>The lines that this process writes.</summary>
internal sealed class LogLimits(LogEventLevel least, LogSwitch off)
{
    public bool IsEnabled(LogEventLevel level) => level >= least && !off.IsOff;
}

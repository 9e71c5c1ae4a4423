using Serilog.Events;

namespace Prism.Silo.Logging;

/// <summary>Which lines of this process's own are written.</summary>
internal sealed class LogLimits(LogEventLevel least, LogSwitch off)
{
    public bool IsEnabled(LogEventLevel level) => level >= least && !off.IsOff;
}

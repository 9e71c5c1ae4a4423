using System.Runtime.InteropServices;

namespace Prism.Silo.Server;

/// <summary>
/// Listens for SIGTERM and Ctrl-C from the first line of the program. The host listens only once it starts: until then, the runtime would end the
/// process at once.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly TextWriter _error;
    private readonly IProcessEnd _process;
    private readonly PosixSignalRegistration[] _registrations;
    private bool _isHandedOver;

    public StopSignals(TextWriter error, IProcessEnd process)
    {
        (_error, _process) = (error, process);
        _registrations = [.. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT }.Select(signal => PosixSignalRegistration.Create(signal, OnSignal))];
    }

    /// <summary>Fires with the first signal after <see cref="HandOver"/>.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>From now on there is a host to stop. Before, a signal ends the process.</summary>
    public void HandOver()
    {
        lock (_lock)
        {
            _isHandedOver = true;
        }
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _stop.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        lock (_lock)
        {
            if (_isHandedOver)
            {
                _ = _stop.CancelAsync();
                return;
            }

            _error.WriteLine(HostRun.StoppedEarly);
            _process.EndNow(ExitCodes.Stopped);
        }
    }
}

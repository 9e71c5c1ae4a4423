using System.Diagnostics;

namespace Prism.Silo.Server;

/// <summary>Ends this process, without the pages that <see cref="Environment.FailFast(string)"/> prints.</summary>
internal sealed class ProcessEnd : IProcessEnd
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public void EndNow(int exitCode)
    {
        // Other code that runs at the end of a process may hang.
        using var killer = new Timer(_ => Process.GetCurrentProcess().Kill(), null, Patience, Timeout.InfiniteTimeSpan);
#pragma warning disable RS0030 // Main waits for a host that is not to be stopped in good order.
        Environment.Exit(exitCode);
#pragma warning restore RS0030
    }
}

namespace Prism.Bench.Servers;

/// <summary>Tells a child process that the bench has ended, for whatever reason: its standard input is closed then.</summary>
internal static class StandardInput
{
    /// <summary>A token that is cancelled when standard input closes.</summary>
    public static CancellationToken Closed()
    {
        var closed = new CancellationTokenSource();
        // Reading from the console blocks a thread.
        new Thread(() =>
        {
            while (Console.In.ReadLine() is not null)
            {
            }

            closed.Cancel();
        })
        { IsBackground = true, Name = "standard input" }.Start();
        return closed.Token;
    }
}

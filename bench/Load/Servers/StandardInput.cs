namespace Prism.Bench.Servers;

/// <summary>How a child of the bench learns that the bench has gone, however that ended: nobody has the other end of its input any more.</summary>
internal static class StandardInput
{
    /// <summary>A token that fires then.</summary>
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

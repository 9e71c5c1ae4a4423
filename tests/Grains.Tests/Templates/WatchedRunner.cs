using System.Collections.Concurrent;
using Prism.Grains.Templates;

namespace Prism.Tests.Templates;

/// <summary>Writes down what is rendered, and where.</summary>
internal sealed class WatchedRunner(TemplateRunner inner, ConcurrentQueue<WatchedRunner.Piece> pieces) : ITemplateRunner, IDisposable
{
    public Task<T> RunAsync<T>(string owner, Func<CancellationToken, T> work, CancellationToken cancellationToken) =>
        inner.RunAsync(owner, token => Watch(owner, work, token), cancellationToken);

    public Task<T>? TryRunAsync<T>(string owner, Func<CancellationToken, T> work, CancellationToken cancellationToken) =>
        inner.TryRunAsync(owner, token => Watch(owner, work, token), cancellationToken);

    public void Dispose() => inner.Dispose();

    private T Watch<T>(string owner, Func<CancellationToken, T> work, CancellationToken cancellationToken)
    {
        var isBeside = !Thread.CurrentThread.IsThreadPoolThread && TaskScheduler.Current == TaskScheduler.Default;
        pieces.Enqueue(new(owner, isBeside));
        return work(cancellationToken);
    }

    /// <param name="Owner">Whose it was.</param>
    /// <param name="IsBeside">Whether it ran on no thread of requests, and in no grain's turn.</param>
    internal sealed record Piece(string Owner, bool IsBeside);
}

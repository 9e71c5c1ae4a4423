using Prism.Grains.Templates;

namespace Prism.Tests.Templates;

/// <summary>Renders where it is asked to, for tests that count every step.</summary>
internal sealed class InlineRunner : ITemplateRunner
{
    public Task<T> RunAsync<T>(string owner, Func<CancellationToken, T> work, CancellationToken cancellationToken) =>
        Task.FromResult(work(cancellationToken));

    public Task<T>? TryRunAsync<T>(string owner, Func<CancellationToken, T> work, CancellationToken cancellationToken) =>
        RunAsync(owner, work, cancellationToken);
}

namespace Prism.Grains.Templates;

/// <summary>
/// Where templates are rendered: beside the threads that serve requests and grains, so that a template that takes its time holds neither.
/// </summary>
internal interface ITemplateRunner
{
    /// <summary>Runs some work as soon as it is its owner's turn.</summary>
    /// <param name="owner">The owner of the work.</param>
    /// <param name="work">The work. Its token is cancelled when the caller stops waiting.</param>
    /// <param name="cancellationToken">The caller leaves: also while its work waits.</param>
    /// <exception cref="OperationCanceledException">The caller left, or the process stops.</exception>
    Task<T> RunAsync<T>(string owner, Func<CancellationToken, T> work, CancellationToken cancellationToken);

    /// <summary>As <see cref="RunAsync"/>, but not where too much of the owner's work waits already.</summary>
    /// <returns>Null where it does.</returns>
    Task<T>? TryRunAsync<T>(string owner, Func<CancellationToken, T> work, CancellationToken cancellationToken);
}

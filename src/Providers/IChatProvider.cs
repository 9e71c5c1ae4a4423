using System.Collections.Immutable;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Providers;

/// <summary>One configured provider: makes an upstream call and reports its result. Knows nothing of limits, caches or other providers.</summary>
public interface IChatProvider
{
    /// <summary>The configuration of the provider.</summary>
    ProviderOptions Options { get; }

    /// <summary>The tokens by which the upstream output cap exceeds the request's own: some vendors count thinking towards it.</summary>
    int ExtraOutputTokens(CallRequest request) => 0;

    /// <summary>
    /// The parameters of a request that this provider does not support and would reject, as paths (<c>n</c>, <c>response_format.type</c>). Empty:
    /// none, as far as Prism knows without a call.
    /// </summary>
    ImmutableArray<string> FindUnsupported(ChatRequest request) => [];

    /// <summary>Ends the parking of keys and addresses that failed.</summary>
    void LiftHolds()
    {
    }

    /// <summary>Makes one call and waits for the whole answer, or for the first output of a streamed one.</summary>
    /// <param name="request">The request, with its model set. It is sent unchanged, or rejected if the provider does not support it.</param>
    /// <param name="stream">Whether the answer is to be streamed.</param>
    /// <param name="cancellationToken">Cancels the upstream call at once.</param>
    /// <returns>The answer, to be disposed, which ends the upstream call.</returns>
    /// <exception cref="OperationCanceledException">The client disconnected.</exception>
    ValueTask<ProviderAnswer> OpenAsync(CallRequest request, bool stream, CancellationToken cancellationToken);
}

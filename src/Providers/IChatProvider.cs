using System.Collections.Immutable;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Providers;

/// <summary>One configured provider: makes a call upstream and reports what came of it. Knows nothing of limits, caches or other providers.</summary>
public interface IChatProvider
{
    /// <summary>How it is configured.</summary>
    ProviderOptions Options { get; }

    /// <summary>By how many tokens the output cap that goes upstream is above the request's own: some vendors count thinking into it.</summary>
    int ExtraOutputTokens(CallRequest request) => 0;

    /// <summary>
    /// The parameters of a request that this provider has no word for and would refuse it for, as paths (<c>n</c>,
    /// <c>response_format.type</c>). Empty: none, as far as can be told without asking.
    /// </summary>
    ImmutableArray<string> FindUnsupported(ChatRequest request) => [];

    /// <summary>Calls keys and addresses again that it leaves alone for what they answered.</summary>
    void LiftHolds()
    {
    }

    /// <summary>Makes one call and waits for the whole answer, or for the first output of a streamed one.</summary>
    /// <param name="request">With its model set; is sent as it is, or refused where the provider cannot do what it asks.</param>
    /// <param name="stream">Whether the answer is to come as a stream.</param>
    /// <param name="cancellationToken">Cancels the call upstream at once.</param>
    /// <returns>To be disposed, which ends the call upstream.</returns>
    /// <exception cref="OperationCanceledException">The client disconnected.</exception>
    ValueTask<ProviderAnswer> OpenAsync(CallRequest request, bool stream, CancellationToken cancellationToken);
}

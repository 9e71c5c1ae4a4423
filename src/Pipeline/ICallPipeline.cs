using Prism.Formats.OpenAi.Chat;

namespace Prism.Pipeline;

/// <summary>The path of a call, from a parsed request to a settled answer.</summary>
public interface ICallPipeline
{
    /// <summary>Makes a call. Expected failures are answers with an <see cref="Answer.Error"/>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="stream">Whether the answer is to be streamed.</param>
    /// <param name="client">Fires when the client disconnects: the call upstream is cancelled at once.</param>
    /// <returns>The answer. The caller disposes it, which settles whatever is not settled yet.</returns>
    /// <exception cref="OperationCanceledException">The client disconnected.</exception>
    ValueTask<Answer> OpenAsync(CallRequest request, bool stream, CancellationToken client);
}

using System.Buffers;
using System.Collections.Immutable;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats;

/// <summary>Writes canonical requests in the format of one API.</summary>
public interface IRequestWriter
{
    /// <summary>The parameters of the request that this API does not support, as JSON property names. Empty: it supports all.</summary>
    ImmutableArray<string> FindUnsupported(ChatRequest request);

    /// <summary>The tokens by which the written output cap exceeds the request's own.</summary>
    int ExtraOutputTokens(ChatRequest request) => 0;

    /// <summary>Writes the request's body.</summary>
    /// <returns>Null, or the error for the part of the request that this format cannot express; then nothing is sent.</returns>
    ChatError? Write(IBufferWriter<byte> output, ChatRequest request, bool stream);
}

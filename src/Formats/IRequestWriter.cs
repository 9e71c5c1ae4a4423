using System.Buffers;
using System.Collections.Immutable;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats;

/// <summary>Writes canonical requests as the servers of one API read them.</summary>
public interface IRequestWriter
{
    /// <summary>The parameters that the request sets and this API does not have, as JSON property names. Empty: it has all.</summary>
    ImmutableArray<string> FindUnsupported(ChatRequest request);

    /// <summary>By how many tokens the output cap that is written is above the request's own.</summary>
    int ExtraOutputTokens(ChatRequest request) => 0;

    /// <summary>Writes the request's body.</summary>
    /// <returns>Null, or what of the request cannot be written in this format; then nothing is sent.</returns>
    ChatError? Write(IBufferWriter<byte> output, ChatRequest request, bool stream);
}

// libnvrtc on the CPU: kernels become shared libraries through g++. DEVICE_HEADER is the path of device.h.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <string>

namespace {

struct Program {
  std::string source, image, log;
};

std::string contentOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/** The source after the emulation of CUDA, with an entry for each kernel. */
std::string translated(const std::string& source) {
  const std::regex kernel("__global__\\s+void\\s+(?:__launch_bounds__\\(\\d+\\)\\s+)?(\\w+)\\s*\\(");
  std::string text = source;
  const char* barriers = source.find("__syncthreads") == std::string::npos ? "false" : "true";
  for (std::sregex_iterator it(source.begin(), source.end(), kernel), end; it != end; ++it) {
    text += "\nEMULATED(" + (*it)[1].str() + ", " + barriers + ")\n";
  }
  return text;
}

}  // namespace

extern "C" {

int nvrtcVersion(int* major, int* minor) { return *major = 13, *minor = 0; }
int nvrtcGetNumSupportedArchs(int* count) { return *count = 2, 0; }
int nvrtcGetSupportedArchs(int* architectures) { return architectures[0] = 75, architectures[1] = 90, 0; }
int nvrtcCreateProgram(Program** program, const char* source, const char*, int, void*, void*) {
  *program = new Program{source, "", ""};
  return 0;
}
int nvrtcDestroyProgram(Program** program) { return delete *program, 0; }
int nvrtcCompileProgram(Program* program, int, const char**) {
  char folder[] = "/tmp/agop-emulated-XXXXXX";
  if (!mkdtemp(folder)) return 11;
  const std::string base = std::string(folder) + "/kernel";
  std::ofstream(base + ".cpp") << translated(program->source);
  const std::string command = std::string("g++ -std=c++17 -O1 -w -fPIC -shared -ffp-contract=off -U_FORTIFY_SOURCE -include ") +
                              DEVICE_HEADER + " -o " + base + ".so " + base + ".cpp 2> " + base + ".log";
  const int status = system(command.c_str());
  program->log = contentOf(base + ".log");
  const std::string library = contentOf(base + ".so");
  const size_t length = library.size();
  program->image = "AGOPEMUL" + std::string((const char*)&length, 8) + library;
  system((std::string("rm -r ") + folder).c_str());
  return status == 0 ? 0 : 6;
}
int nvrtcGetCUBINSize(Program* program, size_t* size) { return *size = program->image.size(), 0; }
int nvrtcGetCUBIN(Program* program, char* image) { return memcpy(image, program->image.data(), program->image.size()), 0; }
int nvrtcGetPTXSize(Program* program, size_t* size) { return nvrtcGetCUBINSize(program, size); }
int nvrtcGetPTX(Program* program, char* image) { return nvrtcGetCUBIN(program, image); }
int nvrtcGetProgramLogSize(Program* program, size_t* size) { return *size = program->log.size() + 1, 0; }
int nvrtcGetProgramLog(Program* program, char* log) { return strcpy(log, program->log.c_str()), 0; }

}  // extern "C"
